package io.rpcspring.server;

import java.util.List;

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
 * @param mappers map what services throw, in this order
 */
public record ErrorSettings(ResponseMetadata responses, OwnStatuses statuses, FailureSettings failures,
        List<ExceptionMapper> mappers) {

    CallRules rules() {
        List<CallFailures.Mapping> mappings = this.mappers.stream().<CallFailures.Mapping>map(MapperBean::new).toList();
        return new CallRules(new CallFailures(this.statuses, this.failures, mappings), this.responses);
    }

}
