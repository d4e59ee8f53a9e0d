package io.rpcspring.benchmark;

/**
 * What one round of one scenario on one server showed.
 *
 * @param perSecond messages in a second
 * @param cpuMicros processor time of the server per message
 * @param bytes heap allocation of the server per message
 * @param threads platform threads of the server
 */
record Sample(double perSecond, double cpuMicros, double bytes, long threads) {

    static Sample of(ServerProcess server, Scenario scenario, Options options) throws InterruptedException {
        try (Load load = new Load(server.channel(), scenario)) {
            load.runFor(options.rampMillis());
            Usage before = server.usage();
            long messagesBefore = load.messages();
            long start = System.nanoTime();
            load.runFor(options.roundMillis());
            double messages = load.messages() - messagesBefore;
            double seconds = (System.nanoTime() - start) / 1e9;
            Usage used = server.usage().minus(before);
            long threads = before.threads() + used.threads();
            return new Sample(messages / seconds, used.cpuNanos() / 1e3 / messages, used.allocatedBytes() / messages,
                    threads);
        }
    }

}
