package io.rpcspring.console;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.example.parcels.Parcel;
import com.google.gson.JsonObject;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Comments of protos, as the build plugin writes them beside the classes.
 */
@ExtendWith(OutputCaptureExtension.class)
class CommentsTests {

    @Test
    void commentsStandAtAllThatTheyAreAbout(@TempDir Path folder) throws Exception {
        SourceCodeInfo.Builder info = SourceCodeInfo.newBuilder()
            .addLocation(Location.newBuilder())
            .addLocation(comment(" Parcels that come back.\n", FileDescriptorProto.SYNTAX_FIELD_NUMBER))
            .addLocation(comment(" Sends a parcel,\n   <b>which</b> comes back.\n", 6, 0, 2, 0))
            .addLocation(comment(" A parcel.", 4, 0))
            .addLocation(comment(" Its number.", 4, 0, 2, 0))
            .addLocation(comment(" <script>alert(1)</script>", 4, 0, 2, 1))
            .addLocation(comment(" Where to.", 4, 0, 8, 0))
            .addLocation(comment(" A label.", 4, 0, 3, 2))
            .addLocation(comment(" Its text.", 4, 0, 3, 2, 2, 0))
            .addLocation(comment(" How fast.", 4, 0, 4, 0))
            .addLocation(comment(" Very.", 4, 0, 4, 0, 2, 1))
            .addLocation(comment(" Of an option.", 8, 1))
            .addLocation(comment(" Of an option of a method.", 6, 0, 2, 1, 4))
            .addLocation(comment(" Of a type.", 6, 0, 2, 0, 2))
            .addLocation(
                    Location.newBuilder().addAllPath(List.of(4, 0, 2, 2)).setTrailingComments(" Behind the field.\n"));
        FileDescriptorProto file = Parcel.getDescriptor()
            .getFile()
            .toProto()
            .toBuilder()
            .setSourceCodeInfo(info)
            .build();
        write(folder, FileDescriptorSet.newBuilder().addFile(file).build().toByteArray());
        try (ConsoleServer server = startWith(folder); Browser tab = server.open()) {
            JsonObject service = DescribedTypesTests.one(tab.await("hello").getAsJsonArray("services"),
                    "parcels.v1.Parcels");
            assertThat(service.get("comment").getAsString()).isEqualTo("Parcels that come back.");
            assertThat(comment(service, "methods", "Send")).isEqualTo("Sends a parcel,\n  <b>which</b> comes back.");
            assertThat(DescribedTypesTests.one(service.getAsJsonArray("methods"), "SendSlowly")
                .get("comment")
                .isJsonNull()).isTrue();
            tab.send("{'type':'describe','types':['parcels.v1.Parcel']}");
            JsonObject types = tab.await("types").getAsJsonObject("types");
            JsonObject parcel = types.getAsJsonObject("parcels.v1.Parcel");
            assertThat(parcel.get("comment").getAsString()).isEqualTo("A parcel.");
            assertThat(comment(parcel, "fields", "number")).isEqualTo("Its number.");
            assertThat(comment(parcel, "fields", "weight")).isEqualTo("<script>alert(1)</script>");
            assertThat(comment(parcel, "fields", "size")).isEqualTo("Behind the field.");
            assertThat(comment(parcel, "oneofs", "to")).isEqualTo("Where to.");
            JsonObject label = types.getAsJsonObject("parcels.v1.Parcel.Label");
            assertThat(label.get("comment").getAsString()).isEqualTo("A label.");
            assertThat(comment(label, "fields", "text")).isEqualTo("Its text.");
            JsonObject speed = types.getAsJsonObject("parcels.v1.Parcel.Speed");
            assertThat(speed.get("comment").getAsString()).isEqualTo("How fast.");
            assertThat(comment(speed, "values", "SPEED_FAST")).isEqualTo("Very.");
        }
    }

    @Test
    void fileThatIsNoDescriptorSetIsSaid(@TempDir Path folder, CapturedOutput output) throws Exception {
        write(folder, new byte[] { 1, 2, 3 });
        try (ConsoleServer server = startWith(folder); Browser tab = server.open()) {
            tab.await("hello");
            assertThat(output).contains("The console has no comments of file:")
                .contains("/META-INF/rpc/descriptors.binpb: it is no descriptor set");
        }
    }

    private static ConsoleServer startWith(Path folder) throws IOException {
        URLClassLoader classPath = new URLClassLoader(new URL[] { folder.toUri().toURL() },
                CommentsTests.class.getClassLoader());
        return new ConsoleServer(ConsoleServer.builder(List.of(TriedParcels.class))
            .resourceLoader(new DefaultResourceLoader(classPath))
            .run(ConsoleServer.arguments()));
    }

    private static void write(Path folder, byte[] content) throws IOException {
        Path file = folder.resolve("META-INF/rpc/descriptors.binpb");
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private static Location.Builder comment(String text, Integer... path) {
        return Location.newBuilder().addAllPath(List.of(path)).setLeadingComments(text);
    }

    private static String comment(JsonObject parent, String list, String name) {
        return DescribedTypesTests.one(parent.getAsJsonArray(list), name).get("comment").getAsString();
    }

}
