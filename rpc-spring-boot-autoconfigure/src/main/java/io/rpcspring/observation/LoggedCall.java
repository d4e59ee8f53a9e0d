package io.rpcspring.observation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what the access log says of one call.
 * <p>
 * One thread at a time sends, and one receives, so that the counts are not guarded.
 */
final class LoggedCall extends ServerStreamTracer {

    /** Where the call's first event finds this. */
    static final Context.Key<LoggedCall> KEY = Context.key("io.rpcspring.access");

    private static final int LONGEST_NAME = 200;

    private final long start = System.nanoTime();

    private final AccessLog log;

    private final String method;

    private volatile @Nullable String traceId;

    /** Null for a method that nobody serves: who calls it is not told. */
    private volatile @Nullable String peer;

    /** How long it took until a thread had it; -1 as long as none has. */
    private volatile long waited = -1;

    private int received;

    private int sent;

    private long bytesReceived;

    private long bytesSent;

    LoggedCall(AccessLog log, String method, Metadata headers) {
        this.log = log;
        this.method = method;
        this.traceId = TraceParent.idIn(headers);
    }

    @Override
    public Context filterContext(Context context) {
        return context.withValue(KEY, this);
    }

    @Override
    public void serverCallStarted(ServerCallInfo<?, ?> call) {
        this.peer = Peers.of(call.getAttributes());
    }

    /** Its first event is on a thread. */
    void begins(@Nullable String trace) {
        this.waited = System.nanoTime() - this.start;
        if (trace != null) {
            this.traceId = trace;
        }
    }

    @Override
    public void inboundMessage(int number) {
        this.received++;
    }

    @Override
    public void outboundMessage(int number) {
        this.sent++;
    }

    @Override
    public void inboundWireSize(long bytes) {
        this.bytesReceived += bytes;
    }

    @Override
    public void outboundWireSize(long bytes) {
        this.bytesSent += bytes;
    }

    @Override
    public void streamClosed(Status status) {
        this.log.ended(this, status, System.nanoTime() - this.start);
    }

    /** What is not known is left out. */
    Map<String, Object> fields(Status.Code code, long nanos, Function<String, @Nullable String> poolOf) {
        Map<String, Object> fields = new LinkedHashMap<>();
        long waited = (this.waited < 0) ? nanos : this.waited;
        fields.put("method", printable(this.method));
        fields.put("status", code.name());
        put(fields, "peer", this.peer);
        fields.put("waited_ms", millis(waited));
        fields.put("ran_ms", millis(nanos - waited));
        fields.put("received", this.received);
        fields.put("sent", this.sent);
        fields.put("received_bytes", this.bytesReceived);
        fields.put("sent_bytes", this.bytesSent);
        put(fields, "pool", (this.peer != null) ? poolOf.apply(this.method) : null);
        put(fields, "trace", this.traceId);
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    private static double millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMicros(nanos) / 1000.0;
    }

    /** Strangers make up names. */
    private static String printable(String name) {
        String start = (name.length() > LONGEST_NAME) ? name.substring(0, LONGEST_NAME) + "..." : name;
        return start.replaceAll("[^!-~]|[=\"]", "?");
    }

}
