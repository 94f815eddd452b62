"""`python -m bot` equals `herald`."""

from bot.cli import main

if __name__ == "__main__":
    main()
