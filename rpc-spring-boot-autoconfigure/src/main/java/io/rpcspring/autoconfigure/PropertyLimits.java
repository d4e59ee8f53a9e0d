package io.rpcspring.autoconfigure;

import java.time.Duration;

import org.springframework.util.unit.DataSize;

import io.rpcspring.RpcConfigurationException;

/**
 * Refuses values out of range, in the words of the property that has them.
 *
 * @param layers knows where a property is set
 */
record PropertyLimits(PropertyLayers layers) {

    void range(String key, int value, int from, int to) {
        if (value < from || value > to) {
            throw wrong(key, String.valueOf(value), "is not from " + from + " to " + to, "a value in this range");
        }
    }

    void range(String key, double value, double to) {
        if (!(value > 0 && value <= to)) {
            throw wrong(key, String.valueOf(value), "is not above 0 and up to " + (int) to, "a value in this range");
        }
    }

    void range(String key, Duration value, Duration from) {
        if (value.compareTo(from) < 0) {
            throw wrong(key, Bounds.text(value), "is shorter than " + Bounds.text(from),
                    Bounds.text(from) + " or longer");
        }
        Bounds.notForever(this.layers.nameOf(key), value);
    }

    void range(String key, DataSize value, int from) {
        if (value.toBytes() < from || value.toBytes() > Integer.MAX_VALUE) {
            throw wrong(key, value.toString(), "is not from " + from + "B to " + Integer.MAX_VALUE + "B",
                    "a value in this range");
        }
    }

    RpcConfigurationException wrong(String key, String found, String problem, String cure) {
        String name = this.layers.nameOf(key);
        return new RpcConfigurationException(name + " is " + found + ", which " + problem + ".",
                "Set " + name + " to " + cure + ".");
    }

}
