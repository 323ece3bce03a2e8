// A telephone in a browser, as small as it can be: SIP over WebSocket (RFC 7118), voice by WebRTC.
// The test gives it `md5`, for browsers have none.
class BrowserPhone {
  constructor(url, number, secret) {
    this.user = `${number}-WS`;
    this.number = number;
    this.secret = secret;
    this.socket = new WebSocket(url, "sip");
    this.waiting = new Map();
    this.opened = new Promise((resolve, reject) => {
      this.socket.onopen = resolve;
      this.socket.onerror = () => reject(new Error("the WebSocket does not open"));
    });
    this.socket.onmessage = ({ data }) => this.receive(data);
    this.cseq = 0;
    this.domain = "127.0.0.1";
    this.contact = `<sip:${this.user}@browser.invalid;transport=ws>`;
    this.callId = Math.random().toString(36).slice(2);
    this.called = new Promise((resolve) => { this.ring = resolve; });
  }

  async register() {
    await this.opened;
    const uri = `sip:${this.domain}`;
    const address = `<sip:${this.user}@${this.domain}>`;
    return (await this.ask("REGISTER", uri, address, ["Expires: 300"])).status;
  }

  async call(number) {
    const uri = `sip:${number}@${this.domain}`;
    await this.connect();
    await this.connection.setLocalDescription(await this.connection.createOffer());
    const answer = await this.ask("INVITE", uri, `<${uri}>`, [], await this.description());
    if (answer.status === 200) {
      await this.connection.setRemoteDescription({ type: "answer", sdp: answer.body });
      this.peer = { uri: answer.headers.contact.match(/<([^>]+)>/)[1], to: answer.headers.to };
    }
    return answer.status;
  }

  async answer() {
    const invite = await this.called;
    await this.connect();
    await this.connection.setRemoteDescription({ type: "offer", sdp: invite.body });
    await this.connection.setLocalDescription(await this.connection.createAnswer());
    this.reply(invite, "200 OK", await this.description());
    return invite.headers.from;
  }

  hangUp() {
    const { uri, to } = this.peer;
    this.request("BYE", uri, to, []);
    this.connection.close();
  }

  // Say what is heard once the voice flows both ways: packets, and how loud it was.
  async heard() {
    for (;;) {
      const stats = [...(await this.connection.getStats()).values()];
      const voice = stats.find((one) => one.type === "inbound-rtp");
      const wire = stats.find((one) => one.type === "transport");
      if (voice && voice.packetsReceived > 50 && voice.totalAudioEnergy > 0) {
        return { packets: voice.packetsReceived, dtls: wire.dtlsState, cipher: wire.srtpCipher };
      }
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
  }

  async connect() {
    const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
    this.connection = new RTCPeerConnection();
    this.connection.addTrack(microphone.getTracks()[0], microphone);
    this.connection.ontrack = ({ streams }) => {  // what nobody plays is not decoded
      this.speaker = new Audio();
      this.speaker.srcObject = streams[0];
      this.speaker.play();
    };
  }

  async description() {
    while (this.connection.iceGatheringState !== "complete") {
      await new Promise((resolve) => { setTimeout(resolve, 20); });
    }
    return this.connection.localDescription.sdp;
  }

  // Send a request; give the password when it is asked for; return the final answer.
  async ask(method, uri, to, more, body = "") {
    const first = await this.request(method, uri, to, more, body);
    if (first.status !== 401) {
      return first;
    }
    const proof = await this.proof(method, uri, first.headers["www-authenticate"]);
    return this.request(method, uri, to, [...more, `Authorization: ${proof}`], body);
  }

  async proof(method, uri, challenge) {
    const [realm, nonce] = ["realm", "nonce"].map((key) => challenge.match(`${key}="([^"]*)"`)[1]);
    const own = await md5(`${this.number}:${realm}:${this.secret}`);
    const asked = await md5(`${method}:${uri}`);
    const response = await md5(`${own}:${nonce}:00000001:c:auth:${asked}`);
    return `Digest username="${this.number}", realm="${realm}", nonce="${nonce}", uri="${uri}", ` +
      `response="${response}", algorithm=MD5, qop=auth, cnonce="c", nc=00000001`;
  }

  request(method, uri, to, more, body = "") {
    this.cseq += 1;
    const answered = new Promise((resolve) => { this.waiting.set(`${this.cseq} ${method}`, resolve); });
    this.send([`${method} ${uri} SIP/2.0`, ...this.who(to, `${this.cseq} ${method}`), ...more], body);
    return answered;
  }

  who(to, cseq) {
    return [
      `Via: SIP/2.0/WSS browser.invalid;branch=z9hG4bK${Math.random().toString(36).slice(2)}`,
      "Max-Forwards: 70",
      `From: <sip:${this.user}@${this.domain}>;tag=browser`,
      `To: ${to}`,
      `Call-ID: ${this.callId}`,
      `CSeq: ${cseq}`,
      `Contact: ${this.contact}`,
    ];
  }

  send(lines, body) {
    const type = body ? ["Content-Type: application/sdp"] : [];
    const length = `Content-Length: ${new TextEncoder().encode(body).length}`;
    this.socket.send([...lines, ...type, length, "", body].join("\r\n"));
  }

  receive(text) {
    const [head, body] = text.split(/\r\n\r\n([^]*)/);
    const [line, ...lines] = head.split("\r\n");
    const headers = {};
    for (const one of lines) {
      const at = one.indexOf(":");
      headers[one.slice(0, at).toLowerCase()] ??= one.slice(at + 1).trim();
    }
    const message = { line, lines, headers, body, status: Number(line.split(" ")[1]) };
    if (line.startsWith("SIP/2.0")) {
      this.take(message);
    } else if (line.startsWith("INVITE")) {
      this.reply(message, "180 Ringing");
      this.ring(message);
    } else if (!line.startsWith("ACK")) {
      this.reply(message, "200 OK");
    }
  }

  take(message) {
    if (message.status < 200) {
      return;
    }
    const [number, method] = message.headers.cseq.split(" ");
    if (method === "INVITE") {
      const uri = `sip:${this.domain}`;
      this.send([`ACK ${uri} SIP/2.0`, ...this.who(message.headers.to, `${number} ACK`)], "");
    }
    this.waiting.get(message.headers.cseq)?.(message);
  }

  reply(request, status, body = "") {
    const kept = request.lines.filter((one) => /^(Via|From|To|Call-ID|CSeq|Record-Route):/i.test(one));
    const tagged = kept.map((one) => (/^To:(?!.*;tag=)/i.test(one) ? `${one};tag=browser` : one));
    this.send([`SIP/2.0 ${status}`, ...tagged, `Contact: ${this.contact}`], body);
  }
}
