package io.rpcspring.console;

import com.example.parcels.Parcel;
import com.example.parcels.ParcelsGrpc;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcService;

/**
 * Sends everything back.
 */
@RpcService(ParcelsGrpc.class)
public class TriedParcels {

    Parcel send(Parcel parcel) {
        return parcel;
    }

    Parcel sendSlowly(Parcel parcel) {
        return parcel;
    }

    void track(MessageReceiver<Parcel> in, MessageSender<Parcel> out) {
        in.forEach(out::send);
    }

}
