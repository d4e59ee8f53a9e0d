package io.rpcspring.test.slice;

import io.rpcspring.sample.places.Place;

/**
 * Knows places.
 */
public interface Gazetteer {

    Place find(String name);

}
