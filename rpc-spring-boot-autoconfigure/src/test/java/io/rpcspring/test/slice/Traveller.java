package io.rpcspring.test.slice;

import org.springframework.stereotype.Component;

import io.rpcspring.RpcClient;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;

/**
 * Calls places.
 */
@Component
public class Traveller {

    private final PlacesBlockingStub places;

    Traveller(@RpcClient("places") PlacesBlockingStub places) {
        this.places = places;
    }

    public String zoneOf(String name) {
        return this.places.find(PlaceName.newBuilder().setName(name).build()).getZone();
    }

}
