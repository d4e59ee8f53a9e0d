package io.rpcspring.server.load;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.services.MetricRecorder;
import io.grpc.xds.orca.OrcaServiceImpl;

/**
 * Serves load reports to clients that ask for them by a stream of their own.
 * <p>
 * These speak of the whole server, which is as busy as its fullest pool.
 */
public final class OutOfBandReports implements AutoCloseable {

    /** The most often that a client can ask for one. */
    private static final long SHORTEST_INTERVAL_MILLIS = 1000;

    private final LoadReports reports;

    private final ScheduledExecutorService clock = new ScheduledThreadPoolExecutor(1, OutOfBandReports::thread);

    /**
     * Serves nothing yet.
     * @param reports know the load
     */
    public OutOfBandReports(LoadReports reports) {
        this.reports = reports;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "rpc-load-reports");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * What is served.
     * @return {@code xds.service.orca.v3.OpenRcaService}
     */
    public ServerServiceDefinition definition() {
        // It sends what was recorded before; here the report is made when it leaves.
        ServerServiceDefinition service = OrcaServiceImpl
            .createService(this.clock, MetricRecorder.newInstance(), SHORTEST_INTERVAL_MILLIS, TimeUnit.MILLISECONDS)
            .bindService();
        return ServerInterceptors.intercept(service, new Current());
    }

    @Override
    public void close() {
        this.clock.shutdownNow();
    }

    /** Sends the load of the moment in place of what is to be sent. */
    private final class Current implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            return next.startCall(new SimpleForwardingServerCall<Q, R>(call) {

                @Override
                @SuppressWarnings("unchecked") // the service sends nothing else
                public void sendMessage(R message) {
                    super.sendMessage((R) OutOfBandReports.this.reports.ofServer().report());
                }

            }, headers);
        }

    }

}
