@Injectable()
export default class Service extends Base {}
