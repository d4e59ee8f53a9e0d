package io.rpcspring.server;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

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
 */
public record ErrorSettings(ResponseMetadata responses, OwnStatuses statuses, FailureSettings failures,
        Supplier<Advices> advices, List<ExceptionMapper> mappers) {

    CallRules rules(Advices found, CallRules.@Nullable EndNote endNote) {
        List<CallFailures.Mapping> mappings = Stream
            .concat(found.mappings().stream(), this.mappers.stream().map(MapperBean::new))
            .toList();
        return new CallRules(new CallFailures(this.statuses, this.failures, mappings), this.responses, endNote);
    }

}
