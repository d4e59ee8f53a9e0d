package io.rpcspring.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

/**
 * What a process has used since it started.
 *
 * @param cpuNanos processor time of all its threads
 * @param allocatedBytes bytes allocated in the heap by all its threads
 * @param residentKib resident memory now
 * @param threads platform threads now
 */
record Usage(long cpuNanos, long allocatedBytes, long residentKib, long threads) {

    static Usage ofThisProcess() throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Usage(system.getProcessCpuTime(), allocated(threads), resident(), threads.getThreadCount());
    }

    /** Since Java 21 the JVM has the total; before, the threads that live must do. */
    private static long allocated(ThreadMXBean threads) {
        try {
            return (long) ThreadMXBean.class.getMethod("getTotalThreadAllocatedBytes").invoke(threads);
        }
        catch (ReflectiveOperationException ex) {
            return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds())).sum();
        }
    }

    private static long resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status)
            .stream()
            .filter((line) -> line.startsWith("VmRSS:"))
            .mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum();
    }

    Usage minus(Usage earlier) {
        return new Usage(this.cpuNanos - earlier.cpuNanos, this.allocatedBytes - earlier.allocatedBytes,
                this.residentKib - earlier.residentKib, this.threads - earlier.threads);
    }

    String written() {
        return this.cpuNanos + " " + this.allocatedBytes + " " + this.residentKib + " " + this.threads;
    }

    static Usage read(String written) {
        long[] values = Arrays.stream(written.split(" ", -1)).mapToLong(Long::parseLong).toArray();
        return new Usage(values[0], values[1], values[2], values[3]);
    }

}
