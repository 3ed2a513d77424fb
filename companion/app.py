"""Alongside as one Flask application: reads the settings and opens the doors. Starts nothing."""

from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from companion import cli, config, db, live, logs, web
from companion.config import Settings

TEMPLATES = Path(__file__).parent.parent / "templates"
LARGEST_FORM = 256 * 1024  # bytes; what people type is far smaller


def create_app(settings: Settings | None = None) -> Flask:
    """The whole product, for these settings or those of the environment. Raises ConfigError."""
    settings = settings or config.read()
    config.use(settings)
    db.use(settings.database_url)
    logs.speak(settings)
    app = Flask("companion", template_folder=str(TEMPLATES), static_folder=str(Path(__file__).parent / "static"))
    app.config.update(
        SECRET_KEY=settings.secret_keys[0],
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[1:]),
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        TESTING=settings.testing,
        **settings.provider_env,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    web.open_web(app)
    live.open_live(app)
    cli.open_cli(app)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign] # Flask's documented way
    return app
