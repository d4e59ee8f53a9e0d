package io.rpcspring.client;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

import io.grpc.EquivalentAddressGroup;
import io.grpc.StatusOr;
import org.jspecify.annotations.Nullable;

/**
 * What the name service has said of several targets: the last good answer of each, and
 * which failed since.
 */
final class TargetAnswers {

    /** By target; null until there is an answer. */
    private final List<@Nullable List<EquivalentAddressGroup>> good = new ArrayList<>();

    private final BitSet failed = new BitSet();

    TargetAnswers(int targets) {
        IntStream.range(0, targets).forEach((target) -> this.good.add(null));
    }

    void put(int target, StatusOr<List<EquivalentAddressGroup>> answer) {
        this.failed.set(target, !answer.hasValue());
        if (answer.hasValue()) {
            this.good.set(target, answer.getValue());
        }
    }

    /**
     * All addresses that are known to be good.
     * @param adapt what to make of an address of a target
     */
    List<EquivalentAddressGroup> addresses(BiFunction<Integer, EquivalentAddressGroup, EquivalentAddressGroup> adapt) {
        List<EquivalentAddressGroup> all = new ArrayList<>();
        for (int target = 0; target < this.good.size(); target++) {
            List<EquivalentAddressGroup> one = this.good.get(target);
            if (one != null) {
                for (EquivalentAddressGroup address : one) {
                    all.add(adapt.apply(target, address));
                }
            }
        }
        return all;
    }

    boolean areComplete() {
        return IntStream.range(0, this.good.size())
            .allMatch((target) -> this.good.get(target) != null || this.failed.get(target));
    }

    IntStream failed() {
        return this.failed.stream();
    }

}
