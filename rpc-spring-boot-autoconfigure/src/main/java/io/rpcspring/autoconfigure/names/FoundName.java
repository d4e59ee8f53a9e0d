package io.rpcspring.autoconfigure.names;

import java.util.List;

import io.rpcspring.autoconfigure.names.WrittenName.Part;

/**
 * What a written name is the name of.
 *
 * @param known the property, or the group
 * @param id the same for all ways to write it
 * @param keys the user's own parts
 */
record FoundName(KnownName known, String id, List<Key> keys) {

    boolean isCut() {
        for (Key key : this.keys) {
            if (key.part().isCut()) {
                return true;
            }
        }
        return false;
    }

    /**
     * A key in a map.
     *
     * @param map where it is
     * @param part how it is written
     */
    record Key(KnownName map, Part part) {
    }

}
