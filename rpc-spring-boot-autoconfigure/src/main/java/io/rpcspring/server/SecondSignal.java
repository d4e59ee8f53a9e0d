package io.rpcspring.server;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Notices a SIGTERM or SIGINT that comes while the server drains.
 * <p>
 * The JVM ignores signals once it shuts down. What it would do is done, too, so a signal
 * that is the first one ends the JVM. Uses {@code sun.misc.Signal} where the JVM has it,
 * and does nothing elsewhere.
 */
final class SecondSignal {

    private static final Log logger = LogFactory.getLog(SecondSignal.class);

    /** Undo what was done, one for each signal. */
    private final List<Undo> undo = new ArrayList<>();

    private SecondSignal() {
    }

    static SecondSignal watch(Runnable noticed) {
        SecondSignal watch = new SecondSignal();
        for (String name : List.of("TERM", "INT")) {
            try {
                watch.add(name, noticed);
            }
            catch (ReflectiveOperationException | IllegalArgumentException ex) {
                logger.debug("SIG" + name + " cannot be noticed", ex);
            }
        }
        return watch;
    }

    private void add(String name, Runnable noticed) throws ReflectiveOperationException {
        Class<?> signals = Class.forName("sun.misc.Signal");
        Class<?> handlers = Class.forName("sun.misc.SignalHandler");
        Method register = signals.getMethod("handle", signals, handlers);
        Method handle = handlers.getMethod("handle", signals);
        Object signal = signals.getConstructor(String.class).newInstance(name);
        Object[] before = new Object[1];
        InvocationHandler both = (proxy, method, arguments) -> {
            if (!method.equals(handle)) {
                return method.invoke(noticed, arguments);
            }
            noticed.run();
            return handle.invoke(before[0], arguments);
        };
        before[0] = register.invoke(null, signal,
                Proxy.newProxyInstance(handlers.getClassLoader(), new Class<?>[] { handlers }, both));
        this.undo.add(() -> register.invoke(null, signal, before[0]));
    }

    void unwatch() {
        for (Undo each : this.undo) {
            try {
                each.run();
            }
            catch (ReflectiveOperationException ex) {
                logger.debug("The signal keeps its new meaning", ex);
            }
        }
    }

    /** Gives a signal its old meaning back. */
    private interface Undo {

        void run() throws ReflectiveOperationException;

    }

}
