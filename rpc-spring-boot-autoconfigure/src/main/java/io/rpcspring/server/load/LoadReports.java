package io.rpcspring.server.load;

import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import com.sun.management.OperatingSystemMXBean;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.xds.shaded.com.github.xds.data.orca.v3.OrcaLoadReport;

import io.rpcspring.server.RpcServer;
import io.rpcspring.server.call.CallRules;
import io.rpcspring.server.pool.HandlerPools;

/**
 * Adds to the end of each call how busy the call's pool is, as ORCA load report.
 * <p>
 * The policy {@code weighted_round_robin} and Envoy send less to who is busier. Refused
 * calls carry the report, too: they are how a client hears that a pool is full. See
 * <a href=
 * "https://github.com/grpc/proposal/blob/master/A51-custom-backend-metrics.md">gRFC
 * A51</a>.
 */
public final class LoadReports implements CallRules.EndNote {

    /** Not what a client did wrong, or what it did not find. */
    private static final Set<Status.Code> FAILURES = EnumSet.of(Status.Code.UNKNOWN, Status.Code.DEADLINE_EXCEEDED,
            Status.Code.RESOURCE_EXHAUSTED, Status.Code.INTERNAL, Status.Code.UNAVAILABLE, Status.Code.DATA_LOSS);

    private static final Metadata.Key<OrcaLoadReport> KEY = Metadata.Key.of("endpoint-load-metrics-bin",
            ProtoUtils.metadataMarshaller(OrcaLoadReport.getDefaultInstance()));

    private final Supplier<RpcServer> server;

    private final LongSupplier cpuNanos = processors();

    /** By the names of the pools. */
    private final Map<String, PoolLoad> pools = new ConcurrentHashMap<>();

    /** The same by the full names of the methods; none for the framework's own. */
    private final Map<String, Optional<PoolLoad>> methods = new ConcurrentHashMap<>();

    /**
     * Reports nothing yet.
     * @param server has the pools; asked when the first call ends
     */
    public LoadReports(Supplier<RpcServer> server) {
        this.server = server;
    }

    private static LongSupplier processors() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return system::getProcessCpuTime;
    }

    @Override
    public void add(String method, Status status, Metadata trailers) {
        Optional<PoolLoad> known = this.methods.get(method);
        if (known == null) {
            known = this.methods.computeIfAbsent(method, this::poolOf);
        }
        if (known.isPresent()) {
            PoolLoad pool = known.get();
            pool.ends(FAILURES.contains(status.getCode()));
            trailers.discardAll(KEY);
            trailers.put(KEY, pool.latest().report());
        }
    }

    private Optional<PoolLoad> poolOf(String method) {
        RpcServer running = this.server.get();
        String service = MethodDescriptor.extractFullServiceName(method);
        boolean own = running.report()
            .services()
            .stream()
            .anyMatch((served) -> served.bean() == null && served.name().equals(service));
        if (own) {
            return Optional.empty();
        }
        String name = running.poolOf(method);
        return Optional.of(pool(running, (name != null) ? name : HandlerPools.TRANSPORT));
    }

    private PoolLoad pool(RpcServer running, String name) {
        return this.pools.computeIfAbsent(name,
                (pool) -> new PoolLoad(() -> running.poolStatistics().get(pool), this.cpuNanos));
    }

    /** How busy the server is. */
    Load ofServer() {
        RpcServer running = this.server.get();
        running.poolStatistics().keySet().forEach((pool) -> pool(running, pool));
        return Load.of(this.pools.values().stream().map((pool) -> pool.latest().load()).toList());
    }

}
