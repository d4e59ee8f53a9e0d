package io.rpcspring.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

import com.example.bookings.Trip;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;
import org.springframework.core.io.DefaultResourceLoader;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.sample.places.Note;
import io.rpcspring.server.RpcServer;

/**
 * Gives tests one browser and one application that has the console: started for the
 * outermost class that asks, stopped after it.
 */
class PageVisits implements BeforeAllCallback, ParameterResolver {

    /**
     * What the proto of the bookings says of its service and of its first method, and of
     * the message.
     */
    static final String HARMFUL = "<img src=x onerror=window.harm=1> <script>window.harm=1</script>";

    private static final Set<Class<?>> BEANS = Set.of(Showcase.class, BookedTrips.class, RpcChannels.class,
            RpcServer.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        visit(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Visitor.class || BEANS.contains(type);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return (type == Visitor.class) ? visit(context).visitor() : visit(context).server().bean(type);
    }

    private static Visit visit(ExtensionContext context) {
        return context.getStore(Namespace.create(PageVisits.class))
            .computeIfAbsent(Visit.class, (type) -> begin(), Visit.class);
    }

    private static Visit begin() {
        Chromium chromium = Chromium.ofThisMachine().orElseThrow(() -> new TestAbortedException(Chromium.ABSENT));
        ConsoleServer server = new ConsoleServer(ConsoleServer
            .builder(List.of(Showcase.class, BookedTrips.class, TriedParcels.class))
            .resourceLoader(new DefaultResourceLoader(withComments()))
            .run(ConsoleServer.arguments("spring.application.name=places", "rpc.server.pools.bookings.type=platform",
                    "rpc.server.pools.bookings.size=2", "rpc.server.pools.bookings.queue-capacity=16",
                    "rpc.server.pools.bookings.queue-timeout=60s",
                    "rpc.client.channels.places.target=localhost:${local.rpc.server.port}")));
        URI page = URI.create("http://localhost:" + server.port() + "/rpc/");
        return new Visit(server, Visitor.of(chromium.start(), page));
    }

    /** As the build plugin writes comments. */
    private static ClassLoader withComments() {
        FileDescriptorSet.Builder comments = FileDescriptorSet.newBuilder();
        FileDescriptorProto.Builder bookings = comments.addFileBuilder()
            .mergeFrom(Trip.getDescriptor().getFile().toProto());
        for (List<Integer> path : List.of(List.of(6, 0), List.of(6, 0, 2, 0), List.of(4, 0), List.of(4, 0, 2, 0))) {
            comment(bookings, path, HARMFUL);
        }
        FileDescriptorProto.Builder places = comments.addFileBuilder()
            .mergeFrom(Note.getDescriptor().getFile().toProto());
        comment(places, List.of(6, 0, 2, 3), "Bidirectional streaming: both sides send when they like.");
        try {
            Path folder = Files.createTempDirectory("console");
            Path outer = folder.resolve("META-INF");
            Path inner = Files.createDirectories(outer.resolve("rpc"));
            Path set = folder.resolve(Comments.FILE);
            Files.write(set, comments.build().toByteArray());
            List.of(folder, outer, inner, set).forEach((path) -> path.toFile().deleteOnExit());
            return new URLClassLoader(new URL[] { folder.toUri().toURL() }, PageVisits.class.getClassLoader());
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static void comment(FileDescriptorProto.Builder file, List<Integer> path, String text) {
        file.getSourceCodeInfoBuilder()
            .addLocation(Location.newBuilder().addAllPath(path).setLeadingComments(' ' + text));
    }

    /**
     * What lives as long as the tests.
     *
     * @param server with the console
     * @param visitor of its page
     */
    private record Visit(ConsoleServer server, Visitor visitor) implements AutoCloseable {

        @Override
        public void close() {
            Chromium.quit(this.visitor.driver());
            this.server.close();
        }

    }

}
