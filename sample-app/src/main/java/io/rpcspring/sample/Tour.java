package io.rpcspring.sample;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.google.rpc.BadRequest;
import io.grpc.StatusRuntimeException;
import org.springframework.boot.CommandLineRunner;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

import io.rpcspring.RpcError;
import io.rpcspring.RpcStream;
import io.rpcspring.sample.clock.LocalTime;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.Point;
import io.rpcspring.server.RpcServer;

/**
 * Calls both services when the application has started, and prints what came back.
 */
@Component
class Tour implements CommandLineRunner {

    private static final List<String> CITIES = List.of("Zurich", "Rome", "Athens", "Cairo", "Nairobi", "Tokyo",
            "Auckland", "Honolulu", "New York", "Sao Paulo");

    private static final int THREADS = 8;

    private final Traveller traveller;

    private final WorldClock clock;

    private final ServerGauge gauge;

    private final RpcServer server;

    private final Environment environment;

    private final PrintStream out = System.out;

    Tour(Traveller traveller, WorldClock clock, ServerGauge gauge, RpcServer server, Environment environment) {
        this.traveller = traveller;
        this.clock = clock;
        this.gauge = gauge;
        this.server = server;
        this.environment = environment;
    }

    @Override
    public void run(String... args) throws Exception {
        // Open all the while, so the calls below run beside it.
        try (RpcStream<Note, Note> notes = this.traveller.notes()) {
            notes.send(note("Bring a coat"));
            List<Place> places = findFromManyThreads();
            printTimes(places);
            Place first = places.get(0);
            say("Within 700 km of %s: %s", first.getName(), names(this.traveller.around(first, 700)));
            List<Place> stops = places.subList(0, 4);
            say("A trip %s is %,.0f km long", names(stops).replace(", ", " - "), this.traveller.travel(stops));
            say("Around 91 degrees north: %s", refusal(91));
            notes.send(note("The coat was not needed"));
            say("A note at Zurich: \"%s\"", notes.next().getText());
        }
        askForNowhere();
        say("%n%d calls of two services, up to %d at once, over %d connection%s", this.gauge.calls(),
                this.gauge.mostAtOnce(), this.gauge.connections(), (this.gauge.connections() != 1) ? "s" : "");
        if (this.server.port() > 0) {
            printWhatToTry();
        }
    }

    private void askForNowhere() {
        try {
            this.traveller.find("Atlantis");
        }
        catch (StatusRuntimeException ex) {
            say("%s: %s", ex.getStatus().getCode(), this.traveller.unknownPlace(ex));
        }
    }

    /** Every thread uses the same stub, and so the same channel. */
    private List<Place> findFromManyThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            Callable<List<Place>> findAll = () -> CITIES.stream().map(this.traveller::find).toList();
            List<Future<List<Place>>> answers = threads
                .invokeAll(IntStream.range(0, THREADS).mapToObj((i) -> findAll).toList());
            return answers.get(0).get();
        }
        finally {
            threads.shutdown();
        }
    }

    /** The rule stands in places.proto, and the handler is not asked. */
    private String refusal(double latitude) {
        Point centre = Point.newBuilder().setLatitude(latitude).build();
        try {
            return names(this.traveller.around(Place.newBuilder().setLocation(centre).build(), 700));
        }
        catch (StatusRuntimeException ex) {
            RpcError error = RpcError.from(ex);
            return error.find(BadRequest.class)
                .map((details) -> details.getFieldViolations(0))
                .map((wrong) -> error.code() + ", " + wrong.getField() + " " + wrong.getDescription())
                .orElse(error.message());
        }
    }

    private void printTimes(List<Place> places) throws Exception {
        List<LocalTime> times = this.clock.timesAt(CITIES);
        say("%n%-10s %9s %9s   %s", "Place", "latitude", "longitude", "local time");
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            say("%-10s %9.2f %9.2f   %s", place.getName(), place.getLocation().getLatitude(),
                    place.getLocation().getLongitude(), times.get(i).getTime());
        }
        say("");
    }

    private void printWhatToTry() {
        say("""

                The server stays up. Try it from another terminal:

                  grpcurl -plaintext -d '{"name": "Zurich"}' localhost:%d places.v1.Places/Find

                or in a browser:

                  http://localhost:%s/rpc/

                Stop it with Ctrl-C.""", this.server.port(), this.environment.getRequiredProperty("local.server.port"));
    }

    private static Note note(String text) {
        return Note.newBuilder().setPlace("Zurich").setText(text).build();
    }

    private static String names(List<Place> places) {
        return places.stream().map(Place::getName).collect(Collectors.joining(", "));
    }

    private void say(String format, Object... values) {
        this.out.println(String.format(Locale.ROOT, format, values));
    }

}
