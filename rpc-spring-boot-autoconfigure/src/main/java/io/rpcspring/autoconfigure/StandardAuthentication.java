package io.rpcspring.autoconfigure;

import io.rpcspring.server.security.RpcAuthentication;

/**
 * What recognises credentials of a kind that is not the application's own.
 *
 * @param kind what they are
 * @param recognises finds out whose they are
 */
record StandardAuthentication(Kind kind, RpcAuthentication recognises) {

    /** Where a call shows several, the first decides. */
    enum Kind {

        /** A token. */
        BEARER,

        /** A name and a password. */
        BASIC,

        /** What the connection has shown. */
        CERTIFICATE

    }

}
