package io.rpcspring.server.load;

import java.util.Collection;

import io.grpc.xds.shaded.com.github.xds.data.orca.v3.OrcaLoadReport;

/**
 * How busy something is.
 *
 * @param utilization calls that run and wait, over how many may run at once; the
 * processors' where nothing limits the calls
 * @param cpu the process's share of its processors; 0 where the utilization is known
 * without
 * @param qps calls that were let in and ended, a second
 * @param eps calls that the server failed, a second
 */
record Load(double utilization, double cpu, double qps, double eps) {

    /** That of a whole server: as busy as its fullest pool. */
    static Load of(Collection<Load> pools) {
        Load all = new Load(0, 0, 0, 0);
        for (Load pool : pools) {
            all = new Load(Math.max(all.utilization, pool.utilization), Math.max(all.cpu, pool.cpu), all.qps + pool.qps,
                    all.eps + pool.eps);
        }
        return all;
    }

    OrcaLoadReport report() {
        return OrcaLoadReport.newBuilder()
            .setApplicationUtilization(this.utilization)
            .setCpuUtilization(this.cpu)
            .setRpsFractional(this.qps)
            .setEps(this.eps)
            .build();
    }

}
