package io.rpcspring.server.call;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

import io.grpc.Codec;
import io.grpc.Compressor;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.RawConnection;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What messages are compressed with.
 */
class MessageCodecsTests {

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort().withBean(MarkedPlaces.class);

    @Test
    void responsesAreCompressedForThoseWhoUnderstand() {
        this.runner.withPropertyValues("rpc.server.response-compression=gzip").run((context) -> {
            assertThat(answer(context, "grpc-accept-encoding", "gzip")).contains("grpc-encoding\u0004gzip");
            assertThat(answer(context)).doesNotContain("grpc-encoding\u0004gzip");
        });
    }

    @Test
    void codecsOfTheApplicationAddToGzip() {
        this.runner.withBean(Deflate.class)
            .withPropertyValues("rpc.server.response-compression=deflate")
            .run((context) -> assertThat(answer(context, "grpc-accept-encoding", "deflate,gzip"))
                .contains("grpc-encoding\u0007deflate")
                .containsPattern("grpc-accept-encoding.(gzip,deflate|deflate,gzip)"));
    }

    @Test
    void compressorAloneAddsToGzipToo() {
        this.runner.withBean(Compressor.class, Deflate::new)
            .withPropertyValues("rpc.server.response-compression=gzip")
            .run((context) -> assertThat(answer(context, "grpc-accept-encoding", "gzip"))
                .contains("grpc-encoding\u0004gzip"));
    }

    private static String answer(ApplicationContext context, String... headers) throws IOException {
        try (RawConnection raw = RawConnection.to(context.getBean(RpcServer.class).port())) {
            raw.write(RawConnection.call(1, RawConnection.FIND, headers))
                .write(RawConnection.message(1, false, new byte[0]));
            return raw.await(RawConnection.HEADERS).payload();
        }
    }

    /** Another codec. */
    private static final class Deflate implements Codec {

        @Override
        public String getMessageEncoding() {
            return "deflate";
        }

        @Override
        public OutputStream compress(OutputStream plain) {
            return new DeflaterOutputStream(plain);
        }

        @Override
        public InputStream decompress(InputStream compressed) {
            return new InflaterInputStream(compressed);
        }

    }

}
