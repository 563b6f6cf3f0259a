"""gunicorn's settings; it reads this file from its working directory."""

from settings import cores, port

bind = f"0.0.0.0:{port()}"

# Processes use the cores. Threads only keep a slow client from holding a whole process: Python runs one at a time.
workers = cores()
worker_class = "gthread"
threads = 4

# The application is imported once and forked, which shortens the start and shares its memory.
preload_app = True
# The default of 2 s cuts clients that pause; 75 s is what a proxy in front expects.
keepalive = 75
graceful_timeout = 1
# Nobody administers this server at run time, and its socket would need a writable home.
control_socket_disable = True


def post_worker_init(worker):
    """Leaves what gunicorn really started for /info."""
    worker.wsgi.config.update(
        GUNICORN_WORKERS=worker.cfg.workers,
        GUNICORN_THREADS=worker.cfg.threads,
        GUNICORN_WORKER_CLASS=type(worker).__name__,
    )
