"""What people do on the sandbox's Discord: write, press, fill in, type commands."""
