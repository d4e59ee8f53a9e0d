package io.rpcspring.console;

import org.jspecify.annotations.Nullable;

import io.rpcspring.server.RpcServer;

/**
 * What the console shows.
 *
 * @param application the application's name, if it has one
 * @param server whose methods can be tried
 * @param board shows pools, channels and calls
 * @param host where tools of the command line find the server
 * @param encrypted whether they need TLS
 * @param reflection whether they may ask for the services
 * @param secured whether calls may need credentials
 */
public record ConsoleSubject(@Nullable String application, RpcServer server, Board board, String host,
        boolean encrypted, boolean reflection, boolean secured) {

    /** Null while nobody can come from the network. */
    @Nullable Frame address() {
        int port = this.server.isRunning() ? this.server.port() : -1;
        return (port < 0) ? null
                : Frame.nameless()
                    .with("text", (this.host.contains(":") ? "[" + this.host + "]" : this.host) + ":" + port)
                    .with("plaintext", !this.encrypted)
                    .with("reflection", this.reflection);
    }

}
