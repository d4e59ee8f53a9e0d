package io.rpcspring.test;

/**
 * How much of an application a test runs, and how it reaches the server.
 */
enum RpcTestKind {

    /** As the application is configured. */
    OTHER,

    /** The whole application, within the JVM. */
    IN_PROCESS,

    /** Some of its services, or only clients, within the JVM. */
    SLICE

}
