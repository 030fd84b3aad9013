"""``python -m moderation`` is the command ``moderation``."""

from moderation.cli import main

if __name__ == "__main__":
    main()
