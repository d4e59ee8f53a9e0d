package io.rpcspring.test.slice;

import org.springframework.stereotype.Service;

import io.rpcspring.sample.places.Place;

/**
 * Knows none, and says so when it is made.
 */
@Service
class LostGazetteer implements Gazetteer {

    LostGazetteer() {
        throw new IllegalStateException("nobody wants this in a slice");
    }

    @Override
    public Place find(String name) {
        throw new IllegalStateException("lost");
    }

}
