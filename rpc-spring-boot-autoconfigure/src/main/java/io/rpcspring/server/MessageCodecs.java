package io.rpcspring.server;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcConfigurationException;

/**
 * What messages may be compressed with: gzip, and the application's own codecs beside it.
 */
public final class MessageCodecs implements ServerInterceptor {

    private final CompressorRegistry compressors = CompressorRegistry.newEmptyInstance();

    private final DecompressorRegistry decompressors;

    private final @Nullable String responses;

    /**
     * Creates a set of codecs.
     * @param compressors the application's own, by their message encoding
     * @param decompressors the application's own, by their message encoding
     * @param responses what responses are compressed with for clients that understand it;
     * {@code null} for nothing
     * @throws RpcConfigurationException if nothing compresses so
     */
    public MessageCodecs(List<Compressor> compressors, List<Decompressor> decompressors, @Nullable String responses) {
        this.compressors.register(Codec.Identity.NONE);
        this.compressors.register(new Codec.Gzip());
        compressors.forEach(this.compressors::register);
        DecompressorRegistry known = DecompressorRegistry.emptyInstance()
            .with(Codec.Identity.NONE, false)
            .with(new LateDecompressor(new Codec.Gzip()), true);
        for (Decompressor decompressor : decompressors) {
            known = known.with(new LateDecompressor(decompressor), true);
        }
        this.decompressors = known;
        this.responses = responses;
        if (responses != null && this.compressors.lookupCompressor(responses) == null) {
            throw new RpcConfigurationException(
                    "rpc.server.response-compression is '" + responses + "', which no codec is called.",
                    "Set rpc.server.response-compression to gzip, add an io.grpc.Compressor bean whose message encoding is '"
                            + responses + "', or remove the property.");
        }
    }

    void addTo(ServerBuilder<?> builder) {
        builder.compressorRegistry(this.compressors).decompressorRegistry(this.decompressors);
        if (this.responses != null) {
            builder.intercept(this);
        }
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        if (this.responses != null) {
            call.setCompression(this.responses);
        }
        return next.startCall(call, headers);
    }

    /**
     * Fails when the message is read, not before: what fails then is answered with what
     * is wrong, see {@link ReadableRequests}.
     *
     * @param decompressor does the work
     */
    private record LateDecompressor(Decompressor decompressor) implements Decompressor {

        @Override
        public String getMessageEncoding() {
            return this.decompressor.getMessageEncoding();
        }

        @Override
        public InputStream decompress(InputStream compressed) {
            try {
                return this.decompressor.decompress(compressed);
            }
            catch (IOException ex) {
                return new Unreadable(compressed, ex);
            }
        }

    }

    /**
     * Fails when it is read. It owns the compressed stream, whose buffer lies outside of
     * the heap, as a stream that can be read would.
     */
    private static final class Unreadable extends InputStream {

        private final InputStream compressed;

        private final IOException failure;

        private Unreadable(InputStream compressed, IOException failure) {
            this.compressed = compressed;
            this.failure = failure;
        }

        @Override
        public int read() throws IOException {
            throw this.failure;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            throw this.failure;
        }

        @Override
        public void close() throws IOException {
            this.compressed.close();
        }

    }

}
