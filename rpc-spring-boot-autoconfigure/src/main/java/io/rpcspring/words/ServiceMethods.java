package io.rpcspring.words;

import java.util.List;

import io.grpc.ServiceDescriptor;

import io.rpcspring.RpcConfigurationException;

/**
 * Refuses names of methods that a service does not have.
 */
public final class ServiceMethods {

    private ServiceMethods() {
    }

    /**
     * Lets only methods of the service pass.
     * @param place what names the method, such as a property
     * @param service the service
     * @param method the bare name
     * @throws RpcConfigurationException if the service has no such method
     */
    public static void require(String place, ServiceDescriptor service, String method) {
        List<String> names = service.getMethods()
            .stream()
            .map((known) -> String.valueOf(known.getBareMethodName()))
            .toList();
        if (!names.contains(method)) {
            throw new RpcConfigurationException(place + " names '" + method + "', which is no method of "
                    + service.getName() + ". Its methods: " + Names.nearestFirst(method, names) + ".",
                    "Correct the name, or remove the entry.");
        }
    }

}
