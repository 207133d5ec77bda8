#include "Onnx/Model.h"

namespace neural {

// Field numbers are those of onnx.proto (onnx/onnx, version 1.17).

int64_t Node::integer(const char *key, int64_t fallback) const {
    auto it = attributes.find(key);
    return it == attributes.end() ? fallback : it->second.integer;
}
float Node::number(const char *key, float fallback) const {
    auto it = attributes.find(key);
    return it == attributes.end() ? fallback : it->second.number;
}
std::string Node::text(const char *key, const char *fallback) const {
    auto it = attributes.find(key);
    return it == attributes.end() ? fallback : it->second.text;
}
std::vector<int64_t> Node::integers(const char *key) const {
    auto it = attributes.find(key);
    return it == attributes.end() ? std::vector<int64_t>() : it->second.integers;
}
std::string Node::title() const { return op + (name.empty() ? outputs.empty() ? "" : " (gives '" + outputs[0] + "')" : " '" + name + "'"); }

namespace {

/// Where a tensor's numbers lie when they are not in the file: key and value pairs.
struct Place {
    std::string location;
    uint64_t offset = 0, length = UINT64_MAX;
};

class Reader {
public:
    Reader(Model &model, const std::string &folder) : model(model), folder(folder) {}

    void readModel(Bytes bytes) {
        bool hasGraph = false;
        for (WireReader r(bytes); r.next();) switch (r.number) {
            case 7: if (hasGraph) damaged("two graphs"); hasGraph = true; readGraph(r.message()); break;
            case 8: readOpset(r.message()); break;
            case 14: model.metadata.push_back(readPair(r.message())); break;
            case 25: fail(Trouble::unsupported, "the network defines functions of its own, which this engine lacks; export it without them");
        }
        if (!hasGraph) damaged("no graph in it");
    }

private:
    Model &model;
    const std::string &folder;

    [[noreturn]] static void damaged(const std::string &what) { fail(Trouble::unreadable, "no ONNX file, or a damaged one: " + what + "; export it again"); }

    static std::pair<std::string, std::string> readPair(Bytes bytes) {
        std::pair<std::string, std::string> pair;
        for (WireReader r(bytes); r.next();) {
            if (r.number == 1) pair.first = r.message().text();
            if (r.number == 2) pair.second = r.message().text();
        }
        return pair;
    }

    void readOpset(Bytes bytes) {
        std::string domain;
        int64_t version = 0;
        for (WireReader r(bytes); r.next();) {
            if (r.number == 1) domain = r.message().text();
            if (r.number == 2) version = r.integer();
        }
        if (domain.empty() || domain == "ai.onnx") model.opset = version;
    }

    void readGraph(Bytes bytes) {
        for (WireReader r(bytes); r.next();) switch (r.number) {
            case 1: model.nodes.push_back(readNode(r.message())); break;
            case 5: {
                std::string name;
                ConstantRef tensor = readTensor(r.message(), &name);
                model.initializers[name] = tensor;
                break;
            }
            case 11: model.inputs.push_back(readPort(r.message())); break;
            case 12: model.outputs.push_back(readPort(r.message())); break;
            case 15: fail(Trouble::unsupported, "the network has sparse weights, which this engine lacks; store them dense");
        }
    }

    Node readNode(Bytes bytes) {
        Node node;
        for (WireReader r(bytes); r.next();) switch (r.number) {
            case 1: node.inputs.push_back(r.message().text()); break;
            case 2: node.outputs.push_back(r.message().text()); break;
            case 3: node.name = r.message().text(); break;
            case 4: node.op = r.message().text(); break;
            case 5: readAttribute(r.message(), node); break;
            case 7: node.domain = r.message().text(); break;
        }
        return node;
    }

    void readAttribute(Bytes bytes, Node &node) {
        std::string name;
        Attribute a;
        for (WireReader r(bytes); r.next();) switch (r.number) {
            case 1: name = r.message().text(); break;
            case 2: a.number = r.float32(); break;
            case 3: a.integer = r.integer(); break;
            case 4: a.text = r.message().text(); break;
            case 5: a.tensor = readTensor(r.message(), nullptr); break;
            case 6: case 11: fail(Trouble::unsupported, "the node " + node.title() + " holds a graph of its own, which this engine lacks; export without loops and branches");
            case 7: r.numbers<float>([&](float v) { a.numbers.push_back(v); }); break;
            case 8: r.integers([&](int64_t v) { a.integers.push_back(v); }); break;
        }
        node.attributes[name] = std::move(a);
    }

    ConstantRef readTensor(Bytes bytes, std::string *name) {
        auto c = std::make_shared<Constant>();
        int64_t type = 0;
        bool raw = false, external = false;
        std::vector<double> typed;
        std::vector<int64_t> whole;
        Place place;
        for (WireReader r(bytes); r.next();) switch (r.number) {
            case 1: r.integers([&](int64_t v) { c->dims.push_back(v); }); break;
            case 2: type = r.integer(); break;
            case 4: r.numbers<float>([&](float v) { typed.push_back(v); }); break;
            case 5: case 7: case 11: r.integers([&](int64_t v) { whole.push_back(v); }); break;
            case 8: if (name) *name = r.message().text(); break;
            case 9: raw = true; c->raw = r.message(); break;
            case 10: r.numbers<double>([&](double v) { typed.push_back(v); }); break;
            case 13: readPlace(readPair(r.message()), place); break;
            case 14: external = r.integer() == 1; break;
        }
        if (type < 0 || type > 1000) damaged("an array's type");
        c->type = Element(int(type));
        for (int64_t d : c->dims) if (d < 0) damaged("an array of negative size");
        size_t needed = size_t(product(c->size(), int64_t(width(c->type))));
        if (external) fetch(place, needed, *c);
        else if (!raw) unpack(*c, typed, whole);
        if (c->raw.count != needed) damaged("an array of shape " + text(c->dims) + " with " + std::to_string(c->raw.count) + " bytes where " + std::to_string(needed) + " are due");
        return c;
    }

    /// Numbers stored one by one instead of as bytes. Half floats come as their bits.
    static void unpack(Constant &c, const std::vector<double> &typed, const std::vector<int64_t> &whole) {
        bool bits = c.type == Element::float16 || c.type == Element::bfloat16;
        size_t have = isInteger(c.type) || bits ? whole.size() : typed.size();
        if (int64_t(have) != c.size()) damaged("an array of shape " + text(c.dims) + " with " + std::to_string(have) + " numbers");
        if (isInteger(c.type) || bits) {
            size_t bytes = width(c.type);
            c.owned.resize(bytes * whole.size());
            for (size_t i = 0; i < whole.size(); i++) memcpy(c.owned.data() + bytes * i, &whole[i], bytes);
        } else {
            c.owned = Constant::make(c.type, {int64_t(typed.size())}, typed)->owned;
        }
        c.raw = {c.owned.data(), c.owned.size()};
    }

    static void readPlace(const std::pair<std::string, std::string> &pair, Place &place) {
        auto number = [&] {
            if (pair.second.empty() || pair.second.size() > 18 || pair.second.find_first_not_of("0123456789") != std::string::npos) damaged("a place in another file");
            return uint64_t(std::stoull(pair.second));
        };
        if (pair.first == "location") place.location = pair.second;
        if (pair.first == "offset") place.offset = number();
        if (pair.first == "length") place.length = number();
    }

    /// Reads weights from a file beside the network. The name must stay within its folder.
    void fetch(const Place &place, size_t needed, Constant &c) {
        const std::string &name = place.location;
        if (folder.empty()) fail(Trouble::unreadable, "the network's weights lie in another file, '" + name + "'; open the network by its path");
        bool leaves = name.empty() || name[0] == '/' || name.find('\\') != std::string::npos || name.find('\0') != std::string::npos || ("/" + name + "/").find("/../") != std::string::npos;
        if (leaves) fail(Trouble::unreadable, "the network's weights are said to lie in '" + name + "', outside its folder; that is refused");
        if (place.length != UINT64_MAX && place.length != needed) damaged("a length in another file");
        auto bytes = std::make_shared<std::vector<uint8_t>>(readFile(folder + "/" + name, place.offset, needed));
        model.besides.push_back(bytes);
        c.raw = {bytes->data(), bytes->size()};
    }

    static ModelPort readPort(Bytes bytes) {
        ModelPort port;
        for (WireReader r(bytes); r.next();) {
            if (r.number == 1) port.name = r.message().text();
            if (r.number == 2) readType(r.message(), port);
        }
        return port;
    }

    static void readType(Bytes bytes, ModelPort &port) {
        for (WireReader r(bytes); r.next();) {
            if (r.number != 1) continue;
            for (WireReader t(r.message()); t.next();) {
                if (t.number == 1) port.type = Element(int(t.integer()));
                if (t.number == 2) readShape(t.message(), port);
            }
        }
    }

    static void readShape(Bytes bytes, ModelPort &port) {
        port.ranked = true;
        for (WireReader r(bytes); r.next();) {
            if (r.number != 1) continue;
            int64_t size = -1;
            for (WireReader d(r.message()); d.next();) if (d.number == 1) size = d.integer() < 0 ? -1 : d.integer();
            port.dims.push_back(size);
        }
    }
};

} // namespace

std::unique_ptr<Model> readModel(std::vector<uint8_t> bytes, const std::string &folder) {
    auto model = std::make_unique<Model>();
    model->bytes = std::move(bytes);
    Reader(*model, folder).readModel({model->bytes.data(), model->bytes.size()});
    return model;
}

} // namespace neural
