package io.rpcspring.console;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.Descriptors;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.RpcServer;
import io.rpcspring.server.ServerReport;
import io.rpcspring.server.handler.GeneratedNames;
import io.rpcspring.words.Names;

/**
 * What the server serves while it runs, as people look for it.
 */
final class Catalogue {

    private final Comments comments;

    private final Map<String, CalledMethod> methods = new TreeMap<>();

    private final List<Frame> services = new ArrayList<>();

    private final Types types;

    private final Messages messages;

    private Catalogue(RpcServer server, Comments comments) {
        this.comments = comments;
        Map<String, ServerReport.Service> reports = new TreeMap<>();
        server.report().services().forEach((report) -> reports.put(report.name(), report));
        Set<FileDescriptor> files = new HashSet<>();
        server.services().forEach((service) -> add(service, reports.get(service.getName()), files));
        this.types = new Types(files);
        this.messages = new Messages(this.types);
    }

    static Catalogue of(RpcServer server, Comments comments) {
        return new Catalogue(server, comments);
    }

    private void add(ServiceDescriptor service, ServerReport.@Nullable Service report, Set<FileDescriptor> files) {
        Descriptors.ServiceDescriptor proto = (service
            .getSchemaDescriptor() instanceof ProtoServiceDescriptorSupplier supplier) ? supplier.getServiceDescriptor()
                    : null;
        List<Frame> described = new ArrayList<>();
        for (MethodDescriptor<?, ?> method : service.getMethods()) {
            Descriptors.MethodDescriptor methodProto = (proto != null)
                    ? proto.findMethodByName(method.getBareMethodName()) : null;
            if (methodProto != null) {
                files.add(methodProto.getInputType().getFile());
                files.add(methodProto.getOutputType().getFile());
                CalledMethod called = CalledMethod.of(method, methodProto, pool(method, report));
                this.methods.put(method.getFullMethodName(), called);
                described.add(describe(called, methodProto));
            }
        }
        this.services.add(
                Frame.nameless()
                    .with("name", service.getName())
                    .with("comment", (proto != null) ? this.comments.of(service.getName())
                            : "This service was not made of a proto, so that the console cannot know its messages.")
                    .with("deprecated", proto != null && proto.getOptions().getDeprecated())
                    .with("framework", report != null && report.bean() == null)
                    .with("java", (proto != null) ? JavaNames.of(proto) : null)
                    .with("methods", described));
    }

    private static @Nullable String pool(MethodDescriptor<?, ?> method, ServerReport.@Nullable Service report) {
        Stream<ServerReport.Method> methods = (report != null) ? report.methods().stream() : Stream.empty();
        return methods.filter((each) -> String.valueOf(each.name()).equals(method.getBareMethodName()))
            .findFirst()
            .map(ServerReport.Method::pool)
            .orElse(null);
    }

    private Frame describe(CalledMethod called, Descriptors.MethodDescriptor proto) {
        return Frame.nameless()
            .with("name", proto.getName())
            .with("kind", called.method().getType())
            .with("comment", this.comments.of(proto.getFullName()))
            .with("deprecated", proto.getOptions().getDeprecated())
            .with("idempotent", proto.getOptions().getIdempotencyLevel() != IdempotencyLevel.IDEMPOTENCY_UNKNOWN)
            .with("pool", called.pool())
            .with("request", proto.getInputType().getFullName())
            .with("response", proto.getOutputType().getFullName())
            .with("java", GeneratedNames.of(called.method()));
    }

    List<Frame> services() {
        return this.services;
    }

    Types types() {
        return this.types;
    }

    Messages messages() {
        return this.messages;
    }

    /**
     * A method that is served.
     * @throws WrongInput if there is none
     */
    CalledMethod method(String service, String method) throws WrongInput {
        String name = MethodDescriptor.generateFullMethodName(service, method);
        CalledMethod known = this.methods.get(name);
        if (known == null) {
            throw new WrongInput(WrongInput.Part.METHOD, "", "No method " + name + " is served. Served: "
                    + Names.nearestFirst(name, this.methods.keySet()) + ".");
        }
        return known;
    }

}
