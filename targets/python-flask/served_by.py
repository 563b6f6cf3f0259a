# Copied from templates/python-wsgi/served_by.py: change it there, then run node scripts/copy-templates.mjs.
"""What the WSGI server that runs the application says of itself, for /info."""

from flask import current_app, request


def served_by() -> dict:
    """Of the arguments of `describe` those that the server knows."""
    # The server names itself to every WSGI application: "gunicorn/27.0.1" or "Werkzeug/3.1.3".
    server = request.environ["SERVER_SOFTWARE"].partition("/")[0].lower()
    return {
        "server": server,
        # gunicorn's hook leaves these; the development server is one process with a thread a connection, without limit.
        "workers": current_app.config.get("GUNICORN_WORKERS", 1),
        "development_server": server == "werkzeug",
        "debug": current_app.debug,
        "flags": {"worker_class": current_app.config.get("GUNICORN_WORKER_CLASS")},
    }


def request_threads() -> int | None:
    return current_app.config.get("GUNICORN_THREADS")
