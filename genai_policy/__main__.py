"""``python -m genai_policy``."""

from genai_policy.cli.main import main

if __name__ == "__main__":
    main()
