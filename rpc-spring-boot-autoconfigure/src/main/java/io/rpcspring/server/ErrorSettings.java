package io.rpcspring.server;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.rpcspring.server.advice.Advices;
import io.rpcspring.server.call.CallRules;
import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.error.FailureSettings;
import io.rpcspring.server.error.OwnStatuses;
import io.rpcspring.server.error.ResponseMetadata;

/**
 * What clients are told of failures.
 *
 * @param responses how large headers and the end of a call may be
 * @param statuses makes the framework's own
 * @param failures what clients are told of exceptions that nobody maps
 * @param advices finds those that are asked first
 * @param mappers are asked then, in this order
 * @param others are asked last: those of integrations
 */
public record ErrorSettings(ResponseMetadata responses, OwnStatuses statuses, FailureSettings failures,
        Supplier<Advices> advices, List<ExceptionMapper> mappers, List<CallFailures.Mapping> others) {

    CallRules rules(Advices found, CallRules.@Nullable EndNote endNote) {
        List<CallFailures.Mapping> mappings = new ArrayList<>(found.mappings());
        this.mappers.stream().map(MapperBean::new).forEach(mappings::add);
        mappings.addAll(this.others);
        return new CallRules(new CallFailures(this.statuses, this.failures, mappings), this.responses, endNote);
    }

}
