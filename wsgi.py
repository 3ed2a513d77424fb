"""What gunicorn and `flask --app wsgi` open."""

from companion.app import create_app
from companion.config import ConfigError

try:
    app = create_app()
except ConfigError as error:
    raise SystemExit(str(error)) from error
