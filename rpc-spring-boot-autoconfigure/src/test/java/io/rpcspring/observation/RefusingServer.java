package io.rpcspring.observation;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

import io.rpcspring.fixture.RawConnection;

/**
 * Takes one connection, and refuses each call so that grpc-java may try it again.
 *
 * @param door closed with this
 */
record RefusingServer(ServerSocket door) implements AutoCloseable {

    private static final int PREFACE_LENGTH = 24;

    private static final int REFUSED_STREAM = 7;

    static RefusingServer start() throws IOException {
        RefusingServer server = new RefusingServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread thread = new Thread(server::refuse, "refusing-server");
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    int port() {
        return this.door.getLocalPort();
    }

    private void refuse() {
        try (Socket connection = this.door.accept()) {
            DataInputStream input = new DataInputStream(connection.getInputStream());
            OutputStream output = connection.getOutputStream();
            input.readNBytes(PREFACE_LENGTH);
            output.write(RawConnection.bytes(RawConnection.SETTINGS, RawConnection.NONE, 0, new byte[0]));
            while (true) {
                int length = input.readUnsignedByte() << 16 | input.readUnsignedShort();
                int type = input.readUnsignedByte();
                input.readUnsignedByte();
                int stream = input.readInt();
                input.readNBytes(length);
                if (type == RawConnection.HEADERS) {
                    output.write(RawConnection.bytes(RawConnection.RST_STREAM, RawConnection.NONE, stream,
                            RawConnection.integer(REFUSED_STREAM)));
                }
            }
        }
        catch (IOException ex) {
            // Closed.
        }
    }

    @Override
    public void close() throws IOException {
        this.door.close();
    }

}
