package io.rpcspring.autoconfigure;

import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

import io.rpcspring.propagation.JoinedThreadLocals;
import io.rpcspring.server.pool.ThreadLocals;

/**
 * What follows calls beside the one bean that carries thread-locals, which may be the
 * application's.
 *
 * @param own carries what an integration leaves on threads
 */
record MoreThreadLocals(ThreadLocals own) {

    static @Nullable ThreadLocals join(ObjectProvider<ThreadLocals> one, ObjectProvider<MoreThreadLocals> more) {
        List<ThreadLocals> all = Stream
            .concat(Stream.ofNullable(one.getIfAvailable()), more.orderedStream().map(MoreThreadLocals::own))
            .toList();
        return JoinedThreadLocals.of(all);
    }

}
