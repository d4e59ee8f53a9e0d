package io.rpcspring.scaleout;

import java.net.InetSocketAddress;
import java.util.Map;

/**
 * One of the ways in which clients find servers: how servers come to be known, and how
 * soon news are in use.
 */
interface Servers extends AutoCloseable {

    /** Where the next server that is started listens. */
    InetSocketAddress next();

    /** Says from now on which servers there are, by what they are registered as. */
    void announce(Map<String, InetSocketAddress> servers);

    /** Starts the application that calls them. */
    Client client();

    @Override
    void close();

}
