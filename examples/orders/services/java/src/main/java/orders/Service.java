package orders;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;
import redis.clients.jedis.exceptions.JedisException;
import tools.jackson.databind.json.JsonMapper;

/** Makes orders, and gives them back for a day. */
final class Service {
    private static final Header JSON = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final OrderStore store;

    Service(OrderStore store) {
        this.store = store;
    }

    HttpRouting.Builder routes() {
        return HttpRouting.builder()
                .post("/orders", this::make)
                .get("/orders/{id}", this::read)
                .get("/healthz", this::healthz)
                .error(Wanted.Refused.class, (_, response, refused) -> problem(response, Status.BAD_REQUEST_400, refused.getMessage()))
                .error(JedisException.class, (_, response, _) -> problem(response, Status.SERVICE_UNAVAILABLE_503, "the store cannot be reached"));
    }

    private void make(ServerRequest request, ServerResponse response) throws Wanted.Refused {
        var order = Order.of(Wanted.parse(request.content().as(byte[].class)));
        var body = MAPPER.writeValueAsBytes(order);
        store.keep(order.id(), body);
        response.status(Status.CREATED_201).header(HeaderNames.LOCATION, "/orders/" + order.id()).header(JSON).send(body);
    }

    private void read(ServerRequest request, ServerResponse response) {
        // What lies in Redis is the answer: nothing is parsed and written again.
        var body = store.find(request.path().pathParameters().get("id"));
        if (body == null) problem(response, Status.NOT_FOUND_404, "there is no such order");
        else response.header(JSON).send(body);
    }

    private void healthz(ServerRequest request, ServerResponse response) {
        store.ping();
        response.send();
    }

    private static void problem(ServerResponse response, Status status, String why) {
        response.status(status).header(JSON).send(MAPPER.writeValueAsBytes(Map.of("error", why)));
    }
}
