package io.rpcspring.test.slice;

import io.rpcspring.RpcService;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

/**
 * Serves places.
 */
@RpcService(PlacesGrpc.class)
public class SlicedPlaces {

    private final Gazetteer gazetteer;

    SlicedPlaces(Gazetteer gazetteer) {
        this.gazetteer = gazetteer;
    }

    Place find(PlaceName name) {
        return this.gazetteer.find(name.getName());
    }

}
