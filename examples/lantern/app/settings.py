"""Values that operations may change; durations live in config/prod.yaml."""

import os
from pathlib import Path

import yaml

CONFIG = yaml.safe_load(Path(os.environ.get("LANTERN_CONFIG", "config/prod.yaml")).read_text(encoding="utf-8"))
CHAT_URL = CONFIG["models"]["chat"]["base_url"]
IMAGE_URL = CONFIG["models"]["image"]["base_url"]
PROVIDER_CODE = CONFIG["labels"]["provider_code"]
