package io.rpcspring.console;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What the authors of protos have written beside services, methods, types and fields.
 * <p>
 * Generated code has no comments. The build plugin can write them into a descriptor set
 * on the class path, {@value #FILE}; each library may bring its own.
 */
final class Comments {

    /** Where comments are looked for. */
    static final String FILE = "META-INF/rpc/descriptors.binpb";

    private static final Log logger = LogFactory.getLog(Comments.class);

    private final Map<String, String> comments = new HashMap<>();

    private Comments() {
    }

    /** Reads all that the class path has. */
    static Comments on(ClassLoader classPath) {
        Comments comments = new Comments();
        try {
            for (URL file : Collections.list(classPath.getResources(FILE))) {
                comments.read(file);
            }
        }
        catch (IOException ex) {
            logger.warn("The console has no comments: the class path cannot be searched for " + FILE, ex);
        }
        return comments;
    }

    private void read(URL set) {
        try (InputStream stream = set.openStream()) {
            FileDescriptorSet.parseFrom(stream).getFileList().forEach(this::add);
        }
        catch (IOException ex) {
            logger.warn("The console has no comments of " + set + ": it is no descriptor set", ex);
        }
    }

    private void add(FileDescriptorProto file) {
        for (SourceCodeInfo.Location location : file.getSourceCodeInfo().getLocationList()) {
            String text = text(location);
            List<String> names = text.isEmpty() ? List.of() : CommentPath.names(file, location.getPathList());
            names.forEach((name) -> this.comments.putIfAbsent(name, text));
        }
    }

    private static String text(SourceCodeInfo.Location location) {
        String text = location.hasLeadingComments() ? location.getLeadingComments() : location.getTrailingComments();
        return text.replaceAll("(?m)^ ", "").strip();
    }

    /**
     * The comment of something.
     * @param fullName what it is called; a value of an enum by the name of the enum and
     * its own
     * @return null if there is none
     */
    @Nullable String of(String fullName) {
        return this.comments.get(fullName);
    }

}
