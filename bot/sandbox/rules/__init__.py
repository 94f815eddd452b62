"""What Discord takes and what it refuses, in its own words; pure."""
