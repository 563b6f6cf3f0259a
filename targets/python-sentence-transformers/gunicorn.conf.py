"""gunicorn's settings; it reads this file from its working directory."""

from config import request_threads
from settings import port

bind = f"0.0.0.0:{port()}"

# One process, as in the article: more of them are containers of their own, behind caddy. gthread keeps connections open
# while a text is computed, which the sync worker does not.
workers = 1
worker_class = "gthread"
threads = request_threads()

# The default of 2 s cuts clients that pause; 75 s is what a proxy in front expects.
keepalive = 75
graceful_timeout = 1
# The model loads before the worker answers its first heartbeat.
timeout = 120
# Nobody administers this server at run time, and its socket would need a writable home.
control_socket_disable = True


def post_worker_init(worker):
    """Leaves what gunicorn really started for /info."""
    worker.wsgi.config.update(
        GUNICORN_WORKERS=worker.cfg.workers,
        GUNICORN_THREADS=worker.cfg.threads,
        GUNICORN_WORKER_CLASS=type(worker).__name__,
    )
