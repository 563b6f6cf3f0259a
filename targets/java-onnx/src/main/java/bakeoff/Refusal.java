package bakeoff;

import io.helidon.http.Status;

/** An answer other than 200, as the client sees it. It has no stack trace: nobody reads it, and filling it in costs more than the answer. */
final class Refusal extends Exception {
    final Status status;

    Refusal(Status status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    static Refusal badRequest(String message) {
        return new Refusal(Status.BAD_REQUEST_400, message);
    }
}
