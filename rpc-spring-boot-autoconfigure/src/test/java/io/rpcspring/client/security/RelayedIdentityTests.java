package io.rpcspring.client.security;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcClient;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcService;
import io.rpcspring.RpcStream;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A token of a real authorization server goes from a client through one server to the
 * next, which knows who has called the first.
 */
@ExtendWith(SharedTokenServer.class)
class RelayedIdentityTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private final TokenServer tokens;

    RelayedIdentityTests(TokenServer tokens) {
        this.tokens = tokens;
    }

    /** Who has no token is let in, too, and is nobody. */
    private ApplicationContextRunner server(Class<?> service) {
        return StarterRunner.withServerOnFreePort()
            .withConfiguration(AutoConfigurations.of(OAuth2ResourceServerAutoConfiguration.class))
            .withPropertyValues("spring.security.oauth2.resourceserver.jwt.jwk-set-uri=" + this.tokens.keysUri(),
                    "rpc.server.security.default-access=permit-all")
            .withBean(service);
    }

    private static String targetOf(AssertableApplicationContext context) {
        assertThat(context).hasNotFailed();
        return "target=localhost:" + context.getBean(RpcServer.class).port();
    }

    private void run(ContextConsumer<AssertableApplicationContext> client) {
        server(Back.class).run((back) -> server(Front.class)
            .withPropertyValues("rpc.client.channels.back." + targetOf(back),
                    "rpc.client.channels.back.oauth2.relay=true")
            .run((front) -> StarterRunner.withServer()
                .withConfiguration(AutoConfigurations.of(OAuth2ClientAutoConfiguration.class))
                .withPropertyValues(this.tokens.registration("tours"))
                .withPropertyValues("rpc.server.enabled=false", "rpc.client.channels.tours." + targetOf(front),
                        "rpc.client.channels.tours.oauth2.registration=tours",
                        "rpc.client.channels.nobody." + targetOf(front))
                .run(client)));
    }

    @Test
    void secondServerKnowsWhoHasCalledTheFirst() {
        run((context) -> {
            assertThat(names(context, "tours")).containsExactly("guide", "guide", "guide");
            assertThat(names(context, "nobody")).containsExactly("nobody", "nobody", "nobody");
            assertThat(names(context, "tours")).containsExactly("guide", "guide", "guide");
            assertThat(this.tokens.requests()).isOne();
        });
    }

    /** By a unary call, one that streams, and one that streams both ways. */
    private static List<String> names(AssertableApplicationContext context, String name) throws Exception {
        RpcChannels channels = context.getBean(RpcChannels.class);
        PlacesGrpc.PlacesBlockingStub stub = PlacesGrpc.newBlockingStub(channels.get(name))
            .withDeadlineAfter(30, TimeUnit.SECONDS);
        try (RpcStream<Note, Note> notes = RpcStream.open(stub, PlacesGrpc.getNotesMethod())) {
            notes.send(Note.getDefaultInstance());
            return List.of(stub.find(ZURICH).getName(), stub.within(Area.getDefaultInstance()).next().getName(),
                    notes.next().getText());
        }
    }

    /** Says what the other server says. */
    @RpcService(PlacesGrpc.class)
    static class Front {

        private final PlacesGrpc.PlacesBlockingStub back;

        Front(@RpcClient("back") PlacesGrpc.PlacesBlockingStub back) {
            this.back = back;
        }

        Place find(PlaceName name) {
            return this.back.find(name);
        }

        Stream<Place> within(Area area) {
            return Stream.of(this.back.find(PlaceName.getDefaultInstance()));
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            in.forEach((note) -> out
                .send(note.toBuilder().setText(this.back.find(PlaceName.getDefaultInstance()).getName()).build()));
        }

    }

    /** Says who calls. */
    @RpcService(PlacesGrpc.class)
    static class Back {

        Place find(PlaceName name, RpcContext call) {
            return Place.newBuilder()
                .setName((call.principal() != null) ? call.principal().getName() : "nobody")
                .build();
        }

    }

}
