package io.rpcspring.client.security;

import io.grpc.CallCredentials.MetadataApplier;

/**
 * What comes of asking for a token.
 */
sealed interface TokenAnswer permits HeldToken, TokenFailure {

    /**
     * Has a call go on.
     * @param call waits
     * @param what says whose token it is that the call cannot have
     */
    void tell(MetadataApplier call, String what);

}
