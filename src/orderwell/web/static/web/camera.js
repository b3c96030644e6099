// The camera as a scanner: the browser's own detector where it has one, otherwise a decoder written in JavaScript.
(() => {
  const EVERY = 120;
  const FORMATS = ["ean_13", "ean_8", "upc_a", "upc_e", "code_128", "code_39", "itf", "qr_code", "data_matrix"];

  const nativeReader = async () => {
    if (!("BarcodeDetector" in window)) return null;
    const known = await window.BarcodeDetector.getSupportedFormats();
    const formats = FORMATS.filter((name) => known.includes(name));
    if (!formats.includes("ean_13") || !formats.includes("code_128")) return null;
    const detector = new window.BarcodeDetector({ formats });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  };
  const scriptReader = async (load, url) => {
    if (!window.ZXing) await load(url);
    const {
      BarcodeFormat: B,
      DecodeHintType,
      MultiFormatReader,
      BinaryBitmap,
      HybridBinarizer,
      HTMLCanvasElementLuminanceSource,
    } = window.ZXing;
    const reader = new MultiFormatReader();
    const formats = [B.EAN_13, B.EAN_8, B.UPC_A, B.UPC_E, B.CODE_128, B.CODE_39, B.ITF, B.QR_CODE, B.DATA_MATRIX];
    reader.setHints(
      new Map([
        [DecodeHintType.POSSIBLE_FORMATS, formats],
        [DecodeHintType.TRY_HARDER, true],
      ]),
    );
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    return async (video) => {
      const scale = Math.min(1, 960 / video.videoWidth);
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      try {
        return reader
          .decodeWithState(new BinaryBitmap(new HybridBinarizer(new HTMLCanvasElementLuminanceSource(canvas))))
          .getText();
      } catch {
        return undefined;
      } // nothing to be read in this picture
    };
  };

  const open = async ({ texts, load, found }) => {
    const dialog = document.createElement("dialog");
    dialog.className = "scan-camera";
    dialog.setAttribute("aria-label", texts.title);
    const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, autoplay: true });
    const words = Object.assign(document.createElement("p"), { textContent: texts.hold });
    words.setAttribute("role", "status");
    const close = Object.assign(document.createElement("button"), {
      type: "button",
      className: "btn btn-lg w-100",
      textContent: texts.close,
    });
    // The picture comes with the camera: without one there is a sentence, and no black box.
    dialog.append(words, close);
    document.body.append(dialog);
    let stream = null;
    let running = true;
    // A step of the history of its own, so that the Back key of a phone closes this window and not the page behind it.
    let ended = null;
    const end = () => (ended ??= finish());
    const back = (event) => {
      event.stopImmediatePropagation();
      end();
    };
    const finish = async () => {
      running = false;
      stream?.getTracks().forEach((track) => track.stop());
      window.removeEventListener("popstate", back, true);
      dialog.close();
      dialog.remove();
      if (!history.state?.camera) return;
      await new Promise((gone) => {
        const settled = (event) => {
          event.stopImmediatePropagation();
          gone();
        };
        window.addEventListener("popstate", settled, { capture: true, once: true });
        history.back();
      });
    };
    dialog.addEventListener("close", end);
    close.addEventListener("click", end);
    history.pushState({ ...history.state, camera: true }, "");
    window.addEventListener("popstate", back, true);
    dialog.showModal();
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 } },
        audio: false,
      });
    } catch (error) {
      words.textContent = error.name === "NotAllowedError" ? texts.denied : texts.none;
      return;
    }
    if (!running) {
      stream.getTracks().forEach((track) => track.stop());
      return;
    }
    dialog.prepend(video);
    video.srcObject = stream;
    await video.play().catch(() => {});
    let read;
    try {
      read = (await nativeReader()) || (await scriptReader(load, texts.decoder));
    } catch {
      words.textContent = texts.none;
      return;
    }
    const look = async () => {
      if (!running) return;
      const code = video.videoWidth ? await read(video).catch(() => undefined) : undefined;
      if (!running) return;
      if (code) {
        await end();
        found(code);
        return;
      }
      setTimeout(look, EVERY);
    };
    look();
  };
  window.OrderwellCamera = { open };
})();
