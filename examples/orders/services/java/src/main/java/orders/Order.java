package orders;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/** An order as it is answered and kept. */
record Order(String id, String customer, String item, int quantity, String createdAt) {

    static Order of(Wanted wanted) {
        return new Order(
                UUID.randomUUID().toString(),
                wanted.customer(),
                wanted.item(),
                wanted.quantity(),
                Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    }
}
