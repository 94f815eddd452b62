"""Documents are read in worker processes, which a hostile one can at worst get killed."""
